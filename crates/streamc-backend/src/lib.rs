//! What every backend shares: the Backend trait, output files, the manifest.
