"""Staff of a ministry sign in with what they have there; roles follow from the mapping alone."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from ventanilla.accounts.models import RoleOfMinistry, User
from ventanilla.accounts.testing import give_second_factor, sign_in
from ventanilla.hubs.models import Country, Membership

from .identity_provider import CLIENT, SECRET, Provider
from .people import PASSWORD, first_step

pytestmark = pytest.mark.django_db
ROLES = [
    {"group": "upala-advisers", "role": "adviser", "hub": "cr-hub-upala"},
    {"group": "cr-editors", "role": "editor", "country": "cr"},
    {"group": "nowhere", "role": "adviser", "hub": "cr-hub-that-is-not"},
    {"group": "misfit", "role": "adviser", "country": "cr"},
]
EVA = {
    "sub": "eva-1", "email": "Eva@ministry.example", "given_name": "Eva", "family_name": "Luna",
    "groups": ["cr-editors"],
}  # fmt: skip


@pytest.fixture
def provider(site, settings):
    made = Provider()
    settings.OIDC_ISSUER, settings.OIDC_NAME = made.issuer, "Ministerio de Ejemplo"
    settings.OIDC_ROLES = ROLES
    settings.SOCIALACCOUNT_PROVIDERS = {
        "ministry": {
            "APPS": [
                {
                    "provider_id": "ministry",
                    "name": "M",
                    "client_id": CLIENT,
                    "secret": SECRET,
                    "settings": {},
                }
            ]
        }
    }
    made.person = dict(EVA)
    yield made
    made.close()


def address_in(page):
    """Where the page leads to by itself."""
    return unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)[1])


def go(client, *, change=lambda address: address, query=""):
    """Press the button, let the provider send us back."""
    page = client.post(f"/console/login/ministry/{query}")
    if page.status_code != 200:
        return page
    back = requests.get(address_in(page), allow_redirects=False, timeout=5).headers["Location"]
    parts = urlsplit(change(back))
    return client.get(f"{parts.path}?{parts.query}")


def test_the_button_is_there_where_a_ministry_is_set_and_nowhere_else(client, provider, settings):
    assert "Ministerio de Ejemplo" in client.get("/console/login/").text
    settings.OIDC_ISSUER = ""
    assert "Ministerio de Ejemplo" not in client.get("/console/login/").text
    assert client.post("/console/login/ministry/").status_code == 404


def test_somebody_new_comes_in_with_the_roles_of_the_mapping(client, provider):
    assert go(client).url == "/console/"
    eva = User.objects.get(email="eva@ministry.example")
    assert (eva.get_full_name(), eva.is_superuser, eva.has_usable_password()) == ("Eva Luna", False, False)
    assert [(row.role, row.country_id) for row in eva.memberships.all()] == [("editor", "cr")]
    assert client.get("/console/").status_code == 200


def test_code_pkce_state_and_nonce_are_used(client, provider):
    go(client)
    asked = provider.asked[0]
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["nonce"]) > 30
    assert asked["redirect_uri"] == "https://hub.example/console/login/ministry/back/"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}


def test_nothing_that_the_ministry_says_is_kept_beside_the_account(client, provider):
    go(client)
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()
    assert "Luna" not in str(dict(client.session))


def test_a_role_that_the_ministry_takes_away_is_gone_at_the_next_sign_in(client, provider):
    provider.person["groups"] = ["cr-editors", "upala-advisers"]
    go(client)
    eva = User.objects.get(email="eva@ministry.example")
    Membership.objects.create(user=eva, role="observer", country=Country.objects.get(code="cr"))
    assert eva.memberships.count() == 3
    provider.person["groups"] = ["upala-advisers"]
    go(Client())
    assert sorted(eva.memberships.values_list("role", flat=True)) == ["adviser", "observer"]
    assert RoleOfMinistry.objects.get().role == "adviser"


def test_a_role_that_somebody_here_gave_is_not_the_ministrys_to_take(client, provider):
    go(client)
    eva = User.objects.get(email="eva@ministry.example")
    RoleOfMinistry.objects.all().delete()
    go(Client())
    provider.person["groups"] = ["upala-advisers"]
    go(Client())
    assert eva.memberships.filter(role="editor").exists()


def test_without_any_role_left_the_door_stays_shut(client, provider):
    go(client)
    provider.person["groups"] = []
    answer = go(Client())
    assert answer.status_code == 403
    assert not Membership.objects.filter(user__email="eva@ministry.example").exists()
    assert client.get("/console/facts/").status_code != 200, "the session of before reaches nothing"


@pytest.mark.parametrize(
    "groups",
    [
        [],
        ["nowhere"],
        ["misfit"],
        ["admin", "superuser"],
        "cr-editor",
        None,
        {"cr-editors": 1},
        [["cr-editors"]],
    ],
)
def test_groups_without_a_line_in_the_mapping_make_no_account(client, provider, groups):
    provider.person["groups"] = groups
    assert go(client).status_code == 403
    assert not User.objects.filter(email="eva@ministry.example").exists()


def test_groups_may_lie_deeper_in_the_token(client, provider, settings):
    settings.OIDC_ROLES_CLAIM = "realm_access.roles"
    provider.person |= {"groups": [], "realm_access": {"roles": ["cr-editors"]}}
    assert go(client).url == "/console/"


def other_key(provider):
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def unsigned(provider):
    provider.algorithm = "none"


def signed_with_the_shared_secret(provider):
    provider.algorithm, provider.signing_key = "HS256", SECRET * 4


def another_key_name(provider):
    provider.headers = {"kid": "two"}


def says(**claims):
    def spoil(provider):
        provider.spoil = lambda said: said | claims

    return spoil


def leaves_out(name):
    def spoil(provider):
        provider.spoil = lambda said: {key: value for key, value in said.items() if key != name}

    return spoil


def describes_another_issuer(provider):
    provider.described = {"issuer": "https://other.example"}


@pytest.mark.parametrize(
    "spoil",
    [
        other_key, unsigned, signed_with_the_shared_secret, another_key_name, describes_another_issuer,
        says(nonce="another"), says(iss="https://other.example"), says(aud="another"),
        says(aud=[CLIENT, "another"]), says(exp=1_600_000_000), says(nonce=""), says(sub=""),
        leaves_out("nonce"), leaves_out("exp"), leaves_out("sub"), leaves_out("iat"),
    ],
)  # fmt: skip
def test_a_token_that_proves_nothing_lets_nobody_in(client, provider, spoil, caplog):
    spoil(provider)
    assert go(client).status_code == 403
    assert client.get("/console/").url.startswith("/console/login/")
    assert not User.objects.filter(email="eva@ministry.example").exists()
    assert "eva" not in caplog.text.lower()


def test_a_state_that_we_did_not_send_lets_nobody_in(client, provider):
    def other(address):
        query = parse_qs(urlsplit(address).query)
        return address.replace(query["state"][0], "another")

    assert go(client, change=other).status_code == 403


def test_an_answer_for_one_browser_is_worth_nothing_in_another(client, provider):
    there = address_in(client.post("/console/login/ministry/"))
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=5).headers["Location"])
    assert Client().get(f"{back.path}?{back.query}").status_code == 403


def test_a_code_works_once(client, provider):
    seen = []
    go(client, change=lambda address: seen.append(address) or address)
    again = urlsplit(seen[0])
    assert Client().get(f"{again.path}?{again.query}").status_code == 403


def test_a_link_alone_starts_nothing(client, provider):
    assert client.get("/console/login/ministry/").url == "/console/login/"
    assert provider.asked == []


def test_an_account_that_is_there_is_not_taken_over(client, provider, cast):
    elena = cast.user("elena")
    provider.person["email"] = "elena@example.org"
    answer = go(client)
    assert answer.status_code == 403
    assert not SocialAccount.objects.filter(user=elena).exists()


def test_it_is_connected_by_who_is_signed_in_with_the_password(provider, cast, people):
    elena = people("elena")
    provider.person["email"] = "elena@example.org"
    client = Client()
    first_step(client, "elena@example.org", password=PASSWORD)
    assert go(client, query="?process=connect").url == "/console/security/"
    assert SocialAccount.objects.get().user == elena
    assert go(Client()).url == "/console/"


def test_a_superuser_does_not_come_in_through_a_ministry(provider, cast):
    root = cast.user("root")
    client = Client()
    sign_in(client, root)
    go(client, query="?process=connect")
    assert SocialAccount.objects.get().user == root
    assert go(Client()).status_code == 403


def test_a_second_factor_is_asked_for_here_all_the_same(client, provider):
    provider.person |= {"groups": ["upala-advisers"], "amr": ["pwd", "mfa"]}
    go(client)
    assert client.get("/console/").url == "/console/second-factor/"
    give_second_factor(User.objects.get(email="eva@ministry.example"))
    assert go(Client()).url == "/console/login/second-step/"


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "mfa"}])
def test_unless_the_ministry_asked_for_it_and_the_operator_trusts_that(client, provider, settings, claims):
    settings.OIDC_TRUSTED_FACTORS = ["mfa"]
    provider.person |= {"groups": ["upala-advisers"], **claims}
    go(client)
    assert client.get("/console/").status_code == 200
    give_second_factor(User.objects.get(email="eva@ministry.example"))
    assert go(Client()).url == "/console/"


@pytest.mark.parametrize(
    "claims", [{}, {"amr": ["pwd"]}, {"amr": "mfa"}, {"acr": ["mfa"]}, {"amr": [["mfa"]]}]
)
def test_anything_else_is_one_factor(client, provider, settings, claims):
    settings.OIDC_TRUSTED_FACTORS = ["mfa"]
    provider.person |= {"groups": ["upala-advisers"], **claims}
    go(client)
    assert client.get("/console/").url == "/console/second-factor/"


def test_somebody_of_a_ministry_gets_no_password_here(client, provider, commits):
    from django.core import mail

    go(client)
    assert client.get("/console/security/password/").status_code == 404
    Client().post("/console/password/reset/", {"email": "eva@ministry.example"})
    assert mail.outbox == []


def test_a_ministry_that_does_not_answer_is_told_in_plain_words(client, provider):
    provider.close()
    assert client.post("/console/login/ministry/").status_code == 403


def test_the_tests_provider_signs_as_a_real_one_does(provider):
    token = jwt.encode({"a": 1}, provider.key, algorithm="RS256")
    assert jwt.decode(token, provider.key.public_key(), algorithms=["RS256"]) == {"a": 1}
