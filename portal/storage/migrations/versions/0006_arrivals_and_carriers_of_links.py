"""That a person said they are there, and which message carries a link."""

import sqlalchemy as sa
from alembic import op

from portal.storage.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointments", sa.Column("arrived_at", Moment(), nullable=True))
    op.add_column("links", sa.Column("message_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("links", "message_id")
    op.drop_column("appointments", "arrived_at")
