"""SMS over SMPP 3.4, straight to a telephone company's message centre or to a reseller that speaks it."""
