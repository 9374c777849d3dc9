"""The step between password and console."""

from allauth.mfa.stages import AuthenticateStage


class SecondFactorStage(AuthenticateStage):
    """Asks for the second factor of everybody who has one, unless a trusted ministry already did."""

    def _should_handle(self, request):
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        return super()._should_handle(request) and not did_ministry_check(sociallogin)


def did_ministry_check(sociallogin):
    """Whether the ministry said in this very sign-in that it asked for several factors, and is trusted."""
    return bool(getattr(sociallogin, "has_several_factors", False))
