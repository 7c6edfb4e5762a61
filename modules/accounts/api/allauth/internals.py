"""
What is taken from allauth's `internal` modules, which promise nothing: one place to look at a new version.

An architecture test holds everybody else to it; `requirements` pins the version.
"""

from allauth.account.internal.flows import email_verification, manage_email
from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.account.internal.flows.reauthentication import (
    get_reauthentication_flows,
    raise_if_reauthentication_required,
)
from allauth.account.internal.stagekit import clear_login, unstash_login
from allauth.core.internal import jwkkit
from allauth.core.internal.cryptokit import compare_user_code
from allauth.headless.internal.restkit.response import APIResponse, ErrorResponse
from allauth.headless.internal.restkit.views import RESTView
from allauth.headless.spec.internal.schema import get_schema
from allauth.idp.oidc.internal.oauthlib import authorization_codes
from allauth.idp.oidc.internal.oauthlib.utils import get_validator_context
from allauth.idp.oidc.internal.tokens import decode_jwt_token
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.recovery_codes.internal import auth as recovery_codes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.internal.flows import connect

__all__ = [
    "APIResponse",
    "EmailVerificationProcess",
    "ErrorResponse",
    "LoginStageKey",
    "PasswordResetVerificationProcess",
    "RESTView",
    "authorization_codes",
    "clear_login",
    "compare_user_code",
    "connect",
    "decode_jwt_token",
    "email_verification",
    "get_authentication_records",
    "get_reauthentication_flows",
    "get_schema",
    "get_validator_context",
    "jwkkit",
    "jwtkit",
    "manage_email",
    "raise_if_reauthentication_required",
    "recovery_codes",
    "totp",
    "unstash_login",
    "webauthn",
]
