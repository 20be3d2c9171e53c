namespace Spool.Remote;

/// <summary>What the machine of a writer asks its surroundings to do.</summary>
/// <param name="Kind">What to do.</param>
readonly record struct WriterStep(WriterStepKind Kind)
{
    /// <summary>Gets the number of the stream, or of the attempt to open. An answer that names another one than the last comes too
    /// late.</summary>
    public int Number { get; init; }

    /// <summary>Gets what to send.</summary>
    public WriterMessage? Message { get; init; }

    /// <summary>Gets the call to make.</summary>
    public ControlCall? Call { get; init; }

    /// <summary>Gets the number of the last stream, of which nothing is to be stored any more.</summary>
    public int AfterStream { get; init; }

    /// <summary>Gets how to open the writer again.</summary>
    public OpenAgain How { get; init; }
}

/// <summary>What to do.</summary>
enum WriterStepKind
{
    /// <summary>Send a message on the stream of this number, which begins with its first message.</summary>
    Send,

    /// <summary>Say on the stream that nothing more comes.</summary>
    EndStream,

    /// <summary>Give the stream up.</summary>
    DropStream,

    /// <summary>Open the writer again, by the same lease.</summary>
    Open,

    /// <summary>Give the lease back, storing pending items or not.</summary>
    Release,

    /// <summary>Say that the right to write was lost.</summary>
    Lose,

    /// <summary>Stop: the writer is over.</summary>
    End,
}

/// <summary>How a writer is opened again.</summary>
enum OpenAgain
{
    /// <summary>The thread is stored.</summary>
    Resume,

    /// <summary>The thread is not stored, and nothing was sent that could have stored it.</summary>
    Create,

    /// <summary>The thread may be stored: it is created, and resumed where it is there already.</summary>
    CreateOrResume,
}

/// <summary>What became of a call.</summary>
/// <param name="Call">The call.</param>
readonly record struct WriterResult(WriterCall Call)
{
    /// <summary>Gets the receipt of an append.</summary>
    public AppendReceipt Receipt { get; init; }

    /// <summary>Gets the thread after an update.</summary>
    public ChangedThread? Changed { get; init; }

    /// <summary>Gets why it failed, or null.</summary>
    public Exception? Error { get; init; }

    /// <summary>Gets whether it was cancelled before it had any effect.</summary>
    public bool IsCancelled { get; init; }
}
