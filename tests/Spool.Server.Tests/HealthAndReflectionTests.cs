using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Spool.TestKit;

namespace Spool.Server.Tests;

/// <summary>What tools that know neither contract find out.</summary>
public sealed class HealthAndReflectionTests
{
    [Theory]
    [InlineData("")]
    [InlineData("codex.thread_store.v1.ThreadStore")]
    [InlineData("spool.thread_store.v1.ThreadStore")]
    [Guarantee("SRV-50")]
    public async Task The_server_says_that_it_serves(string service)
    {
        await using var server = await RunningServer.StartInMemoryAsync();

        var health = await new Health.HealthClient(server.Channel).CheckAsync(new HealthCheckRequest { Service = service });

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    [Guarantee("SRV-51")]
    public async Task The_server_lists_its_services_and_describes_them()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        using var call = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo(
            cancellationToken: Given.Cancellation
        );

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, Given.Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Given.Cancellation));
        var services = call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name).ToList();
        await call.RequestStream.WriteAsync(
            new ServerReflectionRequest { FileContainingSymbol = "spool.thread_store.v1.ThreadStore" },
            Given.Cancellation
        );
        Assert.True(await call.ResponseStream.MoveNext(Given.Cancellation));
        await call.RequestStream.CompleteAsync();

        Assert.Contains("codex.thread_store.v1.ThreadStore", services);
        Assert.Contains("spool.thread_store.v1.ThreadStore", services);
        Assert.NotEmpty(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto);
    }

    [Fact]
    public async Task The_server_lists_its_services_and_describes_them_to_tools_of_today_too()
    {
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Tokens = TokenTable.Parse("0123456789abcdef read"),
            }
        );
        using var call = new Grpc.Reflection.V1.ServerReflection.ServerReflectionClient(
            server.Connect("0123456789abcdef")
        ).ServerReflectionInfo(cancellationToken: Given.Cancellation);

        await call.RequestStream.WriteAsync(new Grpc.Reflection.V1.ServerReflectionRequest { ListServices = "" }, Given.Cancellation);
        Assert.True(await call.ResponseStream.MoveNext(Given.Cancellation));
        var services = call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name).ToList();
        await call.RequestStream.WriteAsync(
            new Grpc.Reflection.V1.ServerReflectionRequest { FileContainingSymbol = "codex.thread_store.v1.ThreadStore" },
            Given.Cancellation
        );
        Assert.True(await call.ResponseStream.MoveNext(Given.Cancellation));
        await call.RequestStream.CompleteAsync();

        Assert.Contains("spool.thread_store.v1.ThreadStore", services);
        Assert.NotEmpty(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto);
        using var stranger = new Grpc.Reflection.V1.ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo(
            cancellationToken: Given.Cancellation
        );
        Assert.Equal(
            StatusCode.Unauthenticated,
            (await Assert.ThrowsAsync<RpcException>(() => stranger.ResponseStream.MoveNext(Given.Cancellation))).StatusCode
        );
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_not_implemented()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var bytes = Marshallers.Create<byte[]>(static bytes => bytes, static bytes => bytes);

        using var call = server
            .Channel.CreateCallInvoker()
            .AsyncUnaryCall(
                new Method<byte[], byte[]>(MethodType.Unary, "codex.thread_store.v1.ThreadStore", "Nothing", bytes, bytes),
                null,
                default,
                []
            );
        var refusal = await Given.RefusalOf(call);

        Assert.Equal(StatusCode.Unimplemented, refusal.StatusCode);
    }
}
