using System.Text.Json.Nodes;

namespace Spool;

/// <summary>An item that only the complete view has, while its turn is put together.</summary>
/// <param name="kind">What it is, as far as it decides what becomes of it.</param>
/// <param name="item">The item.</param>
/// <param name="id">The hash of the id by which it is one with an item of Codex's view, or 0.</param>
sealed class Detail(DetailKind kind, JsonObject item, ulong id = 0)
{
    public DetailKind Kind { get; } = kind;
    public JsonObject Item { get; set; } = item;
    public ulong Id { get; } = id;

    /// <summary>How many items of Codex's view come before it.</summary>
    public int Anchor { get; set; }

    /// <summary>What the model said, where it is a call (<see cref="ModelCall"/>).</summary>
    public JsonObject? Said { get; init; }

    /// <summary>What came of it, where it is a call and Codex's view has nothing of its event; or null.</summary>
    public JsonObject? Ended { get; set; }

    /// <summary>Whether it is a call whose output is in it.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Where the item of Codex's view is that shows the same, as far as that is known before the end of the turn; else
    /// -1.</summary>
    public int Own { get; set; } = -1;

    /// <summary>Whether it is one of the calls whose items are found as they come (<see cref="CallChain"/>).</summary>
    public bool IsFollowed { get; set; }

    /// <summary>Whether it is of an event that Codex's view shows: what its item leaves out.</summary>
    public bool IsBeside { get; init; }

    /// <summary>The next call with the same id, or null.</summary>
    public Detail? Following { get; set; }

    /// <summary>Whether it holds more than the item of Codex's view with its id.</summary>
    public bool IsPreferred { get; init; }
}

/// <summary>What an item that only the complete view has is.</summary>
enum DetailKind
{
    /// <summary>Nothing that Codex's view could have as well.</summary>
    Plain,

    /// <summary>A message of the user.</summary>
    UserMessage,

    /// <summary>A message of the agent.</summary>
    AgentMessage,

    /// <summary>Reasoning.</summary>
    Reasoning,

    /// <summary>A call, or an item with an id.</summary>
    Call,

    /// <summary>An output whose call is not among the details.</summary>
    Output,

    /// <summary>A compaction.</summary>
    Compaction,

    /// <summary>Settings.</summary>
    Settings,
}
