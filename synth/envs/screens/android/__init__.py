"""Tasks of AndroidEnv, DeepMind's package ``android-env``, in an emulator of the user's own."""
