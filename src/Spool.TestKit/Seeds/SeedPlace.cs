namespace Spool.TestKit;

/// <summary>Where a seeded thread is.</summary>
public enum SeedPlace
{
    /// <summary>Among the active threads.</summary>
    Active,

    /// <summary>In the archive.</summary>
    Archived,
}
