namespace Spool.Server;

/// <summary>Who calls.</summary>
/// <param name="Tenant">Whose threads they are.</param>
/// <param name="Access">What the caller may do.</param>
public sealed record Caller(string Tenant, StoreAccess Access)
{
    /// <summary>The tenant of a server that has only one.</summary>
    public const string DefaultTenant = "default";

    /// <summary>A watcher of the health of a server, without a token; no tenant is called like this.</summary>
    internal static Caller Watcher { get; } = new("", StoreAccess.Read);

    /// <summary>The caller of a server that asks for no token.</summary>
    public static Caller Anonymous { get; } = new(DefaultTenant, StoreAccess.Write);
}
