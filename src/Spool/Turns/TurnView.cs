namespace Spool;

/// <summary>Which items a turn is given with.</summary>
public enum TurnView
{
    /// <summary>Those that Codex's app server gives, item for item. What came of a call is there only where the log has an event of
    /// it.</summary>
    Codex,

    /// <summary>Everything that happened, in the order of the log and each thing once: Codex's items, and every call with its output,
    /// reasoning, context, settings, token use, errors and unknown records besides. Items that Codex does not give say in
    /// <c>origin</c> which kind of record they were made of.</summary>
    Complete,
}
