using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Http;
using Contract = Spool.Contracts.ContractV1;

namespace Spool.Server;

/// <summary>What has to be known of a method before a request of it is read. It is found by the method that the request was matched with,
/// never by how its path is spelled.</summary>
/// <param name="Name">The full name, <c>/package.Service/Method</c>, however a caller spells it.</param>
/// <param name="Kind">What it belongs to.</param>
sealed record ServedMethod(string Name, MethodKind Kind)
{
    static readonly Dictionary<string, ServedMethod> OfStores = new[]
    {
        Contracts.CodexV1.ThreadStore.Descriptor,
        Contracts.SpoolV1.ThreadStore.Descriptor,
    }
        .SelectMany(service => service.Methods)
        .Select(OfStore)
        .ToDictionary(method => method.Name);

    static readonly ServedMethod None = new("(no method)", MethodKind.None) { Access = StoreAccess.Write };

    /// <summary>Gets what its requests are, for a method of a store.</summary>
    public MessageDescriptor? Request { get; private init; }

    /// <summary>Gets what the caller must be allowed to do.</summary>
    public StoreAccess Access { get; private init; }

    /// <summary>Gets whether a call that the store refuses has changed nothing, so that it can be made again.</summary>
    public bool IsUndoneByRefusal { get; private init; }

    /// <summary>Gets whether a call of it may last as long as the client likes.</summary>
    public bool IsStream { get; private init; }

    /// <summary>Gets whether a call of it comes to no end while its client does nothing.</summary>
    public bool Lasts { get; private init; }

    /// <summary>Gets whether its requests come in a stream.</summary>
    public bool TakesStream { get; private init; }

    /// <summary>Gives the method that a request was matched with, or one of no kind.</summary>
    public static ServedMethod Of(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is not { } method)
            return None;
        if (OfStores.TryGetValue(method.FullName, out var known))
            return known;
        var kind = method.ServiceName == Health.Descriptor.FullName ? MethodKind.Health : MethodKind.Reflection;
        return new ServedMethod(method.FullName, kind)
        {
            IsStream = method.Type != Grpc.Core.MethodType.Unary,
            TakesStream = method.Type is Grpc.Core.MethodType.DuplexStreaming,
        };
    }

    // The contracts say it, with each method.
    static ServedMethod OfStore(MethodDescriptor method)
    {
        var rules = method.GetOptions() ?? new MethodOptions();
        var access =
            rules.GetExtension(Contract.MethodRulesExtensions.Access) == Contract.Access.Read ? StoreAccess.Read : StoreAccess.Write;
        return new ServedMethod($"/{method.Service.FullName}/{method.Name}", MethodKind.Store)
        {
            Request = method.InputType,
            Access = access,
            IsUndoneByRefusal = access == StoreAccess.Read || rules.GetExtension(Contract.MethodRulesExtensions.UndoneByRefusal),
            IsStream = method.IsClientStreaming || method.IsServerStreaming,
            TakesStream = method.IsClientStreaming,
            Lasts = rules.GetExtension(Contract.MethodRulesExtensions.Lasts),
        };
    }
}

/// <summary>What a method belongs to.</summary>
enum MethodKind
{
    /// <summary>There is no such method.</summary>
    None,

    /// <summary>The contract of a store.</summary>
    Store,

    /// <summary>The health of the server. It needs no token, and says only that the server is there.</summary>
    Health,

    /// <summary>The description of the contracts.</summary>
    Reflection,
}
