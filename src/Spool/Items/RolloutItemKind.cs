namespace Spool;

/// <summary>The kind of a stored item, as far as Spool acts on it.</summary>
public enum RolloutItemKind
{
    /// <summary>A line that is not an item: damaged, torn, or not JSON.</summary>
    Unreadable,

    /// <summary>An item of a type that Spool only keeps.</summary>
    Other,

    /// <summary><c>session_meta</c>: identity and origin of the thread.</summary>
    SessionMeta,

    /// <summary><c>response_item</c>: what was exchanged with the model.</summary>
    ResponseItem,

    /// <summary><c>event_msg</c>: what happened in the session.</summary>
    Event,

    /// <summary><c>turn_context</c>: the settings of a turn.</summary>
    TurnContext,

    /// <summary><c>compacted</c>: a summary that replaces older history for the model.</summary>
    Compacted,
}
