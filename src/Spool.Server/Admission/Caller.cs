namespace Spool.Server;

/// <summary>Who calls.</summary>
/// <param name="Tenant">Whose threads they are.</param>
/// <param name="Access">What the caller may do.</param>
public sealed record Caller(string Tenant, CallerAccess Access)
{
    /// <summary>The tenant of a server that has only one.</summary>
    public const string DefaultTenant = "default";

    /// <summary>Whoever watches over the health of a server, without a token; no tenant is called like this.</summary>
    internal static Caller Watcher { get; } = new("", CallerAccess.Read);

    /// <summary>The caller of a server that asks for no token.</summary>
    public static Caller Anybody { get; } = new(DefaultTenant, CallerAccess.Write);
}

/// <summary>What a caller may do.</summary>
public enum CallerAccess
{
    /// <summary>Read only.</summary>
    Read,

    /// <summary>Read and write.</summary>
    Write,
}
