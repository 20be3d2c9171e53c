namespace Spool.Cli;

/// <summary>Writes a whole thread in one format, turn by turn, so that memory holds one page of turns and no more.</summary>
interface ITranscript
{
    /// <summary>Writes what comes before the turns.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="path">Where its rollout is, or null.</param>
    void Begin(StoredThread thread, string? path);

    /// <summary>Begins the turns that were taken over from another thread: they are folded away.</summary>
    void BeginInherited(ThreadId from);

    /// <summary>Ends them, and says how many there were.</summary>
    void EndInherited(ThreadId from, int turns);

    /// <summary>Writes the next turn.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="isOpen">Whether it is the last one and may still be running, as <see cref="OpenTurn"/> says.</param>
    void Add(Turn turn, bool isOpen);

    /// <summary>Writes what comes after the turns, and passes on everything written.</summary>
    void End();
}
