namespace Spool;

/// <summary>How safe appended items are when the append is acknowledged. Each level includes the ones before it.</summary>
public enum Durability
{
    /// <summary>The items are with the operating system: they survive the death of this process, not that of the machine. Items of a thread
    /// that is not stored yet are pending in memory, and the receipt says so.</summary>
    Buffered,

    /// <summary>A barrier: the thread is stored, and everything appended before is in its log, where every reader in any process sees
    /// it.</summary>
    Flushed,

    /// <summary>Everything appended before is on the disk: it survives the loss of power.</summary>
    Fsynced,
}
