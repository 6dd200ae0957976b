-- Return whether the database has the schema that this release needs.
SELECT EXISTS (
    SELECT FROM django_migrations
    WHERE django_migrations.app = :'app'::text AND django_migrations.name = :'name'::text
);
