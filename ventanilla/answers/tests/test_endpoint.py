"""A model on another machine: asked as it wants to be, done without while it is away, and never quoted."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from ventanilla.answers.engine import EncoderAway, Endpoint, Index, is_usable

from .test_engine import Pretender, an_item

UNITS = [
    *an_item("cr-asylum", "Pedir refugio en Costa Rica", "me persiguen y quiero protección"),
    *an_item("cr-work", "Permiso de trabajo", "quiero trabajar con papeles"),
    *an_item("cr-school", "Escuela para los niños", "mi hija necesita escuela"),
]
SECRET = "soy Marta y me persigue mi esposo"


class Model(BaseHTTPRequestHandler):
    """What a server of embeddings answers; `server.say` may be put in the place of that."""

    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers.get("Authorization"), said))
        status, body = self.server.say(said)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def embeddings(said):
    rows = Pretender().questions(said["input"])
    data = [{"object": "embedding", "index": at, "embedding": row.tolist()} for at, row in enumerate(rows)]
    return 200, json.dumps({"object": "list", "data": data[::-1], "model": said["model"]}).encode()


@pytest.fixture
def model():
    with ThreadingHTTPServer(("127.0.0.1", 0), Model) as server:
        server.asked, server.say = [], embeddings
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def endpoint(server, **more):
    return Endpoint(f"http://127.0.0.1:{server.server_port}/v1/", "mini", **{"dimensions": 64, **more})


def test_texts_come_back_in_the_order_they_were_sent(model):
    texts = ["refugio", "escuela", "trabajo"]
    rows = endpoint(model).passages(texts)
    assert np.allclose(rows, Pretender().questions([f" {text}".strip() for text in texts]), atol=1e-5)


def test_it_is_asked_with_its_name_its_key_and_the_words_it_wants_before_a_text(model):
    encoder = endpoint(model, key="abc", question_prefix="query:", passage_prefix="passage:")
    encoder.questions(["refugio"])
    encoder.passages(["refugio"])
    (path, key, asked), (_, _, offered) = model.asked
    assert (path, key, asked["model"]) == ("/v1/embeddings", "Bearer abc", "mini")
    assert (asked["input"], offered["input"]) == (["query: refugio"], ["passage: refugio"])


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "🙏" * 2_000])
def test_nothing_that_a_person_can_send_breaks_it(model, text):
    assert endpoint(model).questions([text]).shape == (1, 64)
    assert all(model.asked[0][2]["input"])


def test_an_index_finds_with_it(model):
    index = Index.build(UNITS, encoders=[endpoint(model)])
    assert 0 < index.vectors[0].reach[0] < 1
    assert index.ask("quiero protección porque me persiguen").hits[0].item == "cr-asylum"


@pytest.mark.parametrize(
    "say",
    [
        lambda said: (500, b"{}"),
        lambda said: (200, b"not json"),
        lambda said: (200, b"[]"),
        lambda said: (200, b'{"data": [{"index": 0, "embedding": ["a"]}]}'),
        lambda said: (200, b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'),
        lambda said: (200, b'{"data": [{"index": 0, "embedding": [1, 2, 3]}]}'),
        lambda said: (200, b'{"data": []}'),
        lambda said: (200, b'{"data": [[1, 2]]}'),
        lambda said: (302, b""),
    ],
)
def test_what_is_no_answer_is_said_without_the_words_of_the_person(model, say):
    model.say = say
    with pytest.raises(EncoderAway) as raised:
        endpoint(model).questions([SECRET])
    assert "Marta" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_while_it_is_away_words_answer_and_nobody_waits_for_it(model):
    index = Index.build(UNITS, encoders=[endpoint(model)])
    model.say = lambda said: (503, b"")
    asked = len(model.asked)
    for _ in range(3):
        assert index.ask("quiero un permiso de trabajo").hits[0].item == "cr-work"
    assert len(model.asked) == asked + 1


def test_an_index_is_of_one_model_and_its_prefixes(model, tmp_path):
    encoder = endpoint(model, question_prefix="query:")
    Index.build(UNITS, encoders=[encoder]).save(tmp_path)
    assert is_usable(tmp_path, [encoder])
    assert is_usable(tmp_path, [endpoint(model, question_prefix="query:")])
    assert not is_usable(tmp_path, [endpoint(model)])
    assert not is_usable(tmp_path, [])
    assert not is_usable(tmp_path / "nowhere", [encoder])
