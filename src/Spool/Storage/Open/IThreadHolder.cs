namespace Spool.Storage;

/// <summary>What has a thread open for writing in this process, with its writer: a lease of a client, the calls that name a thread by
/// its id, a session that is loaded.</summary>
/// <remarks>
/// <see cref="OpenThreads"/> calls it and it never calls back from within. <see cref="TryGiveUp"/> and <see cref="IsFaulted"/> are asked
/// under the lock of the registry, so they only look at memory and do not wait. A use outside the thread's gate is the holder's own
/// affair: it counts it, and refuses one that begins after it gave up.
/// </remarks>
public interface IThreadHolder
{
    /// <summary>Gets the right to write the thread. It is the same one for as long as this holds the thread.</summary>
    IThreadWriter Writer { get; }

    /// <summary>Gets who it is, for others who want the thread.</summary>
    WriterOwner Owner { get; }

    /// <summary>Gets whether nothing can be stored by the writer any more, because it was lost or its outcome is unknown. Then it is
    /// discarded, and the next call has the thread at once.</summary>
    bool IsFaulted { get; }

    /// <summary>Gives the thread up unless it is used outside its gate. It is asked when the gate is free and, unless room is needed,
    /// it was unused there for the time of its kind.</summary>
    /// <returns>Whether it was given up: from then on no use outside the gate begins. Asked again after it was given up, it says so
    /// again.</returns>
    bool TryGiveUp();

    /// <summary>Gives the thread up, in use or not. What is under way may come to its end; nothing more begins. A second call does
    /// nothing.</summary>
    void GiveUp();

    /// <summary>Takes it that the thread is closed. It is called once, with the gate of the thread still held.</summary>
    void Closed();
}
