#include "eos/plugin.h"
const eos_plugin *eos_plugin_entry(uint32_t host_abi) { (void)host_abi; return 0; }
