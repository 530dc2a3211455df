"""What Debian's Shibboleth SP and its Apache are configured with: all but two files of theirs.

How protocols and messages are handled is left as the package has it (`protocols.xml` and
`security-policy.xml`): that is what services run.
"""

from string import Template

from broker.saml import names

RELEASED = {
    "specVersion": names.SPEC_VERSION,
    "loa": names.LOA,
    "cvr": names.CVR,
    "fullName": names.FULL_NAME,
    "role": names.ROLE_CLAIM,
    "privileges": names.PRIVILEGES,
    "professionalUuid": names.PROFESSIONAL_UUID,
}

# Left alone, it signs queries well but documents with RSA-SHA1, which we refuse: the algorithm
# is set once for what it answers by SOAP and once for its metadata.
SHIBBOLETH = Template("""\
<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="180">
  <OutOfProcess logger="$folder/shibd.logger"/>
  <InProcess logger="$folder/native.logger"/>
  <UnixListener address="$folder/shibd.sock"/>
  <ApplicationDefaults entityID="$entity" signing="$signing" encryption="false"
      signingAlg="$algorithm" REMOTE_USER="name" homeURL="$origin/">
    <Sessions lifetime="28800" timeout="3600" relayState="ss:mem" checkAddress="false"
        handlerSSL="false" cookieProps="http" redirectLimit="exact">
      <SSO entityID="$idp">SAML2</SSO>
      <Logout>SAML2 Local</Logout>
      <Handler type="MetadataGenerator" Location="/Metadata" signing="true"
          signingAlg="$algorithm"/>
      <Handler type="Session" Location="/Session" showAttributeValues="true"/>
    </Sessions>
    <MetadataProvider type="XML" validate="true" url="$metadata"
        backingFilePath="$folder/broker.xml" reloadInterval="7200">
      <MetadataFilter type="Signature" certificate="$folder/broker.pem" verifyBackup="true"/>
    </MetadataProvider>
    <AttributeExtractor type="XML" validate="true" path="$folder/attribute-map.xml"/>
    <CredentialResolver type="File" key="$folder/sp.key" certificate="$folder/sp.pem"/>
  </ApplicationDefaults>
  <SecurityPolicyProvider type="XML" validate="true" path="/etc/shibboleth/security-policy.xml"/>
  <ProtocolProvider type="XML" validate="true" path="/etc/shibboleth/protocols.xml"/>
</SPConfig>
""")

LOGGER = Template("""\
log4j.rootCategory=$level, file
log4j.appender.file=org.apache.log4j.FileAppender
log4j.appender.file.fileName=$file
log4j.appender.file.layout=org.apache.log4j.PatternLayout
log4j.appender.file.layout.ConversionPattern=%p %c: %m%n
""")

APACHE = Template("""\
ServerRoot "$folder"
ServerName $origin
UseCanonicalName On
Listen 127.0.0.1:$port
PidFile "$folder/apache2.pid"
ErrorLog "$folder/apache2.log"
Mutex file:$folder default
LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
LoadModule authn_core_module $modules/mod_authn_core.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule authz_user_module $modules/mod_authz_user.so
LoadModule alias_module $modules/mod_alias.so
LoadModule cgi_module $modules/mod_cgi.so
LoadModule mod_shib $modules/mod_shib.so
StartServers 2
MinSpareServers 1
ShibConfig "$folder/shibboleth2.xml"
DocumentRoot "$folder/pages"
ScriptAlias /secure "$folder/pages/told"
<Location />
  Require all granted
</Location>
<Location /secure>
  AuthType shibboleth
  ShibRequestSetting requireSession true
  Require shib-session
</Location>
""")

# The protected page: what it was told of the person, one `name=value` each.
TOLD = """\
#!/bin/sh
printf 'Content-Type: text/plain; charset=utf-8\\n\\n'
exec env
"""


def attribute_map() -> str:
    """The names of OIOSAML 3 and the role claim, each under a short name, and the NameID."""
    rows = "".join(
        f'  <Attribute name="{name}" id="{short}"/>\n' for short, name in RELEASED.items()
    )
    return (
        '<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map" '
        f'xmlns:xsi="{names.XSI}">\n'
        f"{rows}"
        f'  <Attribute name="{names.PERSISTENT}" id="name">\n'
        '    <AttributeDecoder xsi:type="NameIDAttributeDecoder" formatter="$Name"/>\n'
        "  </Attribute>\n"
        "</Attributes>\n"
    )
