namespace Spool;

/// <summary>What a message of the assistant is in its turn.</summary>
public enum MessagePhase
{
    /// <summary>Said on the way to the answer.</summary>
    Commentary,

    /// <summary>The answer.</summary>
    FinalAnswer,
}

/// <summary>The names of the phases in a log.</summary>
static class MessagePhases
{
    public static string NameOf(MessagePhase phase) =>
        phase switch
        {
            MessagePhase.Commentary => "commentary",
            MessagePhase.FinalAnswer => "final_answer",
            _ => throw new ArgumentOutOfRangeException(nameof(phase)),
        };
}
