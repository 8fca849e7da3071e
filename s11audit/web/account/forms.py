"""The forms of one's own account."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired

from s11audit.web.fields import TextField


class SignInForm(FlaskForm):
    email = TextField(
        label="E-mail address", validators=[InputRequired("Enter your e-mail address")]
    )
    password = PasswordField("Password", [InputRequired("Enter your password")])


class ProofForm(FlaskForm):
    password = PasswordField("Password", [InputRequired("Enter your password")])


class PasswordForm(FlaskForm):
    current = PasswordField("Current password", [InputRequired("Enter your current password")])
    new = PasswordField("New password", [InputRequired("Enter a new password")])
    again = PasswordField(
        "New password again", [EqualTo("new", "Type the same new password in both boxes")]
    )
