from tests.prove.conftest import *
from tests.prove.matrix import Matrix
from tests.prove import plays
from functions.consumer import eraser
def test_x(theatre, monkeypatch):
    monkeypatch.setattr(eraser,"AT_ONCE",2)
    m=Matrix(theatre); plays.account_leaving(m)
    print("\n".join(m.table())); print("\n".join(m.divergences[:12]))
    s=theatre.stage.look(); print(s.files.keys(), list(s.books))
