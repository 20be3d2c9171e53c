namespace Spool;

/// <summary>The ways in which a history is recorded.</summary>
public static class HistoryModes
{
    /// <summary>Lines carry no ordinal; user and agent messages are events of their own.</summary>
    public const string Legacy = "legacy";

    /// <summary>Every line carries an ordinal; the parts of a turn arrive as completed items; a fork refers to its parent's
    /// lines.</summary>
    public const string Paginated = "paginated";
}
