"""Every context of Banyan, one package each; `README.md` beside this file holds the rules."""
