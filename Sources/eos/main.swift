print("eos")
