//! Sampling that stays honest: which operations become spans, and how many each span stands for.
