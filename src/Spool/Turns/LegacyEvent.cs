namespace Spool;

/// <summary>What an item of a legacy log means for the turns.</summary>
enum LegacyEventKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It starts a turn.</summary>
    Start,

    /// <summary>It ends a turn.</summary>
    Complete,

    /// <summary>It interrupts a turn, which ends.</summary>
    Abort,

    /// <summary>It takes back the newest turns.</summary>
    Rollback,

    /// <summary>It is a user's message, which may open a turn.</summary>
    UserMessage,

    /// <summary>It adds a numbered item to the current turn.</summary>
    Message,

    /// <summary>It adds to the reasoning at the end of the current turn, or begins one.</summary>
    Reasoning,

    /// <summary>It adds an item without a number to the current turn.</summary>
    HookPrompt,

    /// <summary>It adds or replaces an item, by its id, in the turn it names.</summary>
    TurnItem,

    /// <summary>It adds or replaces an item, by its id, in the turn it names, and opens that turn if there is none yet (reviews since
    /// 0.142).</summary>
    OpeningItem,

    /// <summary>It adds or replaces an item, by its id, in the current turn.</summary>
    CurrentItem,

    /// <summary>It is a call of a tool as the model gave it. It adds no item; a turn counts those that it does not show.</summary>
    Call,

    /// <summary>It replaces older history for the model.</summary>
    Compacted,

    /// <summary>It fails the current turn.</summary>
    Error,
}

/// <summary>What an item of a legacy log means for the turns.</summary>
/// <param name="Kind">The meaning.</param>
/// <param name="Turn">The turn it names; empty when it names none.</param>
/// <param name="Item">The hash of the id of the item it adds or replaces.</param>
/// <param name="Count">How many turns it takes back.</param>
readonly record struct LegacyEvent(LegacyEventKind Kind, TurnKey Turn = default, ulong Item = 0, long Count = 0);
