"""/api/v1/manage/: the machine API. A program looks after one website, by a token. Views parse, call one service, and
answer; what may be done is decided where the admin's is."""
