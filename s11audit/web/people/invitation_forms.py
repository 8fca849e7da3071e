"""The form that invites somebody."""

from __future__ import annotations

from wtforms.validators import InputRequired

from s11audit.web.addresses import looks_like_an_address
from s11audit.web.fields import TextField
from s11audit.web.people.post_forms import PostForm, place_field, role_field


class InvitationForm(PostForm):
    name = TextField(label="Name", validators=[InputRequired("Enter a name")])
    email = TextField(
        label="E-mail address",
        description="Their own at work. The invitation works for this address only",
        validators=[InputRequired("Enter an e-mail address"), looks_like_an_address],
    )
    role = role_field()
    agency = place_field("Agency", "For roles in an agency only")
    partnership = place_field("Partnership", "For roles in a partnership only")
    trust = place_field("Trust", "For trust viewers only")
