namespace Spool.Remote;

/// <summary>What a call does, which says what may be made of a failure.</summary>
enum RetryUse
{
    /// <summary>It changes nothing that is stored, or nothing that a caller would have to know of.</summary>
    Read,

    /// <summary>It changes something, and the same once more when it is made twice.</summary>
    Change,

    /// <summary>It changes something, and more when it is made twice: it is made again only when nothing was done.</summary>
    ChangeOnce,
}
