using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Spool.Server.Tests;

/// <summary>Calls with bytes in the place of messages, of every method there is.</summary>
static class RawCalls
{
    static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    /// <summary>Gets every method of both contracts.</summary>
    public static IEnumerable<MethodDescriptor> Methods { get; } =
    [.. Contracts.CodexV1.ThreadStore.Descriptor.Methods, .. Contracts.SpoolV1.ThreadStore.Descriptor.Methods];

    /// <summary>Sends one message and gives the status that the call ends with.</summary>
    public static async Task<Status> SendAsync(ChannelBase channel, MethodDescriptor method, byte[] message)
    {
        var invoker = channel.CreateCallInvoker();
        var options = new CallOptions(deadline: DateTime.UtcNow.AddSeconds(20), cancellationToken: Given.Cancellation);
        var service = method.Service.FullName;
        try
        {
            if (method.IsClientStreaming)
            {
                using var call = invoker.AsyncDuplexStreamingCall(
                    new Method<byte[], byte[]>(MethodType.DuplexStreaming, service, method.Name, Bytes, Bytes),
                    null,
                    options
                );
                try
                {
                    await call.RequestStream.WriteAsync(message);
                    await call.RequestStream.CompleteAsync();
                }
                catch (RpcException)
                {
                    // Refused before it was read; the answer says why.
                }
                while (await call.ResponseStream.MoveNext(Given.Cancellation)) { }
                return call.GetStatus();
            }
            if (method.IsServerStreaming)
            {
                using var call = invoker.AsyncServerStreamingCall(
                    new Method<byte[], byte[]>(MethodType.ServerStreaming, service, method.Name, Bytes, Bytes),
                    null,
                    options,
                    message
                );
                while (await call.ResponseStream.MoveNext(Given.Cancellation)) { }
                return call.GetStatus();
            }
            using var unary = invoker.AsyncUnaryCall(
                new Method<byte[], byte[]>(MethodType.Unary, service, method.Name, Bytes, Bytes),
                null,
                options,
                message
            );
            await unary.ResponseAsync;
            return unary.GetStatus();
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }
}
