namespace Spool.Server;

/// <summary>Holds a thread for the clients of Codex's contract. It is used only at the gate of the thread, so it can always be given up
/// when no call is there.</summary>
/// <param name="threadId">The thread.</param>
/// <param name="writer">The writer.</param>
/// <param name="memory">What is known of threads, of which this one is a part.</param>
/// <param name="since">When the writer was opened.</param>
sealed class CodexHolder(ThreadId threadId, IThreadWriter writer, CodexMemory memory, DateTimeOffset since) : IThreadHolder
{
    /// <inheritdoc/>
    public IThreadWriter Writer { get; } = writer;

    /// <inheritdoc/>
    public WriterOwner Owner { get; } = new(null, null, "Codex, through this server", since);

    /// <inheritdoc/>
    public bool IsFaulted => Writer.LostToken.IsCancellationRequested;

    /// <inheritdoc/>
    public bool TryGiveUp() => true;

    /// <inheritdoc/>
    public void GiveUp() => memory.Find(threadId)?.NoteStored(Writer);

    /// <inheritdoc/>
    public void Closed() => memory.Forget(memory.Leave(threadId, isOpen: false));
}
