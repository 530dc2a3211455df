"""What the trail says of one person, for whoever asks what is kept of them. GDPR art. 15.

words  what each event is, in one sentence, and which system it was at
store  the records that are about somebody, oldest first
"""
