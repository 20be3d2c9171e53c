namespace Spool.Remote;

/// <summary>What a <see cref="ControlCall"/> asks for.</summary>
enum ControlKind
{
    /// <summary>Store the thread.</summary>
    Persist,

    /// <summary>Change what is known of the thread.</summary>
    Update,

    /// <summary>Store pending items and give the right to write back.</summary>
    ShutDown,

    /// <summary>Give the right to write back.</summary>
    Discard,
}
