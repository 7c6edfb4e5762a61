"""What production's settings insist on."""

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "BANYAN_PUBLIC_URL": "https://api.example.org",
    "BANYAN_FRONTEND_URL": "https://app.example.org",
    "BANYAN_EMAIL_URL": "smtps://mail.example.org",
    "BANYAN_LIMITS": "on",
}
