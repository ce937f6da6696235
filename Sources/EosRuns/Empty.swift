import EosCore
