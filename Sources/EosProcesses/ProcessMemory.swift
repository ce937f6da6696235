import CEosProcesses

/// The memory of this process.
public enum ProcessMemory {
    /// Lets all threads allocate from few arenas: many of them keep what a burst of connections took. Before any thread.
    public static func shareArenas() { eos_memory_share_arenas() }

    /// Gives back to the system what was freed, where that is worth it.
    public static func giveBack() { eos_memory_give_back() }
}
