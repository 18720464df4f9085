"""/api/v1/manage/: the machine API. Programs look after one website by a token. Views parse, call one service, answer."""
