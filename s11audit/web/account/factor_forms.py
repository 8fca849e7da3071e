"""The forms of the second step of signing in."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired

from s11audit.services.second_factors import LONGEST_NAME
from s11audit.web.fields import TextField


class CodeForm(FlaskForm):
    code = TextField(label="6-digit code", validators=[InputRequired("Enter the 6-digit code")])


class RecoveryCodeForm(FlaskForm):
    code = TextField(label="Recovery code", validators=[InputRequired("Enter a recovery code")])


class NameForm(FlaskForm):
    name = TextField(limit=LONGEST_NAME, label="Name")


class NewAppForm(FlaskForm):
    """`app` is the secret that is being set up, sealed for this session."""

    app = HiddenField()
    code = TextField(label="6-digit code", validators=[InputRequired("Enter the 6-digit code")])
    name = TextField(
        limit=LONGEST_NAME,
        label="Name of the phone or computer with the app",
        description="So that you can tell it from others, such as “Work phone”.",
    )


class PasskeyForm(FlaskForm):
    """What the script sends: `answer` is the browser's, to the challenge sealed in `challenge`."""

    challenge = HiddenField()
    answer = HiddenField()


class NewPasskeyForm(PasskeyForm):
    name = TextField(
        limit=LONGEST_NAME,
        label="Name of the passkey",
        description="So that you can tell it from others, such as “Work laptop”.",
    )
