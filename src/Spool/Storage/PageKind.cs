namespace Spool.Storage;

/// <summary>What a page is of. Cursors carry the number; each list that is paged has one of its own, and none is used again.</summary>
public enum PageKind
{
    /// <summary>None: no cursor is of this kind.</summary>
    None = 0,

    /// <summary>Threads.</summary>
    Threads = 1,

    /// <summary>Turns of a thread.</summary>
    Turns = 2,

    /// <summary>Stored items of a thread.</summary>
    Items = 3,
}
