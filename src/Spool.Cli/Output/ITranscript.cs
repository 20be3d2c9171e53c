namespace Spool.Cli;

/// <summary>Writes a whole thread in one format, turn by turn, so that memory holds one page of turns and no more.</summary>
interface ITranscript
{
    /// <summary>Writes what comes before the turns.</summary>
    void Begin(StoredThread thread, string? path);

    /// <summary>Writes the next turn.</summary>
    void Add(Turn turn);

    /// <summary>Writes what comes after the turns, and passes on everything written.</summary>
    void End();
}
