"""The pages of the journey: shop (home, edition, studio), checkout (hold, pay), pieces (order page, own pieces)."""
