namespace Spool.Remote.Tests;

/// <summary>A moment of the protocol at which trouble is worth more than at any time.</summary>
enum SimMoment
{
    /// <summary>A message of a stream arrives at the server.</summary>
    Sending,

    /// <summary>The writer is to be opened again.</summary>
    Opening,

    /// <summary>The lease is to be given back.</summary>
    Releasing,

    /// <summary>The lease was given back.</summary>
    Released,

    /// <summary>A message was carried out.</summary>
    Done,

    /// <summary>A message was refused.</summary>
    Refused,
}
