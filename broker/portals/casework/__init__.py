"""Cases as each portal shows them: one view of a case, for whoever looks.

wording   kinds, states, steps and events in words
making    the services of cases, made of the office; the person as a party
showing   a case with its steps and history, as one reader may see it
building  what a vendor asks for, and the certificate of its system
forms     a decision, a question, an answer; what an organisation applies for
deciding  what the forms on a case's page do, the same in every portal
"""
