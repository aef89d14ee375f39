// Draws both hemispheres; knows textures, not what they mean.
class Renderer {
  constructor(canvas) {
    const gl = canvas.getContext('webgl2', {antialias: true, alpha: true, premultipliedAlpha: true});
    if (!gl) throw new Error('no WebGL 2');
    this.gl = gl;
    this.cortex = this.program(VERTEX, FRAGMENT);
    this.pick = this.program(VERTEX, PICK);
    this.mark = this.program(MARK_VERTEX, MARK);
    this.colours = this.texture(gl.LINEAR);
    this.sides = [0, 1].map(() => ({
      array: gl.createVertexArray(), corner: gl.createBuffer(), border: gl.createBuffer(),
      chosen: gl.createBuffer(), count: 0,
      textures: {fromPlace: this.texture(), toPlace: this.texture(), fromNormal: this.texture(),
                 toNormal: this.texture(), data: this.texture()},
    }));
    for (const side of this.sides) this.describe(side);
    this.target = gl.createFramebuffer();
    this.targetColour = gl.createRenderbuffer();
    this.targetDepth = gl.createRenderbuffer();
    gl.enable(gl.DEPTH_TEST);
    gl.clearColor(0, 0, 0, 0);
  }

  program(vertex, fragment) {
    const gl = this.gl, program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
        throw new Error(gl.getShaderInfoLog(shader));
      }
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(gl.getProgramInfoLog(program));
    }
    const uniforms = {};
    for (let i = 0; i < gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS); i++) {
      const {name} = gl.getActiveUniform(program, i);
      uniforms[name] = gl.getUniformLocation(program, name);
    }
    return {program, uniforms};
  }

  texture(filter = this.gl.NEAREST) {
    const gl = this.gl, texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const which of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, which, filter);
    }
    for (const which of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
      gl.texParameteri(gl.TEXTURE_2D, which, gl.CLAMP_TO_EDGE);
    }
    return texture;
  }

  describe(side) {
    const gl = this.gl;
    gl.bindVertexArray(side.array);
    [[side.corner, gl.UNSIGNED_SHORT], [side.border, gl.UNSIGNED_BYTE],
     [side.chosen, gl.UNSIGNED_BYTE]].forEach(([buffer, kind], at) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribIPointer(at, 1, kind, 0, 0);
    });
    gl.bindVertexArray(null);
  }

  setColours(table) {
    const gl = this.gl;
    gl.bindTexture(gl.TEXTURE_2D, this.colours);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, table);
  }

  // rows: [32492, 3] numbers.
  setVertices(side, name, rows) {
    const gl = this.gl, padded = new Float32Array(3 * WIDE * TALL);
    padded.set(rows);
    gl.bindTexture(gl.TEXTURE_2D, this.sides[side].textures[name]);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB32F, WIDE, TALL, 0, gl.RGB, gl.FLOAT, padded);
  }

  // 'corner', 'border' or 'chosen': one number per corner of each triangle.
  setCorners(side, name, numbers) {
    const gl = this.gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.sides[side][name]);
    gl.bufferData(gl.ARRAY_BUFFER, numbers, gl.DYNAMIC_DRAW);
    if (name === 'corner') this.sides[side].count = numbers.length;
  }

  // view: {sides: [{rotation, centre, place} or null], morph, frame, flatness, look, spot}.
  draw(view, width, height) {
    const gl = this.gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    this.cover(this.cortex, view);
    if (view.spot) {
      gl.useProgram(this.mark.program);
      gl.uniform3fv(this.mark.uniforms.spot, view.spot);
      gl.uniform1f(this.mark.uniforms.size, 16 * view.look.density);
      gl.bindVertexArray(null);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      gl.drawArrays(gl.POINTS, 0, 1);
      gl.disable(gl.BLEND);
    }
  }

  cover({program, uniforms}, view) {
    const gl = this.gl;
    gl.useProgram(program);
    gl.uniform1f(uniforms.morph, view.morph);
    gl.uniform4fv(uniforms.frame, view.frame);
    if (program === this.cortex.program) {
      gl.uniform1f(uniforms.flatness, view.flatness);
      gl.uniform1f(uniforms.density, view.look.density);
      gl.uniform4fv(uniforms.range, view.look.range);
      gl.uniform3fv(uniforms.gyrus, view.look.gyrus);
      gl.uniform3fv(uniforms.sulcus, view.look.sulcus);
      gl.uniform4fv(uniforms.ink, view.look.ink);
      gl.activeTexture(gl.TEXTURE5);
      gl.bindTexture(gl.TEXTURE_2D, this.colours);
      gl.uniform1i(uniforms.colours, 5);
    }
    view.sides.forEach((at, k) => {
      if (!at) return;
      const side = this.sides[k];
      Object.entries(side.textures).forEach(([name, texture], unit) => {
        if (!(name in uniforms)) return;
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(gl.TEXTURE_2D, texture);
        gl.uniform1i(uniforms[name], unit);
      });
      gl.activeTexture(gl.TEXTURE0);
      if (uniforms.side) gl.uniform1f(uniforms.side, k);
      gl.uniformMatrix3fv(uniforms.rotation, true, at.rotation);
      gl.uniform3fv(uniforms.centre, at.centre);
      gl.uniform3fv(uniforms.place, at.place);
      gl.bindVertexArray(side.array);
      gl.drawArrays(gl.TRIANGLES, 0, side.count);
    });
    gl.bindVertexArray(null);
  }

  // {side, corner} under a pixel (from the lower left), or null.
  under(view, x, y, width, height) {
    const gl = this.gl;
    if (this.targetWidth !== width || this.targetHeight !== height) {
      [this.targetWidth, this.targetHeight] = [width, height];
      gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
      for (const [buffer, kind, place] of [[this.targetColour, gl.RGBA8, gl.COLOR_ATTACHMENT0],
        [this.targetDepth, gl.DEPTH_COMPONENT24, gl.DEPTH_ATTACHMENT]]) {
        gl.bindRenderbuffer(gl.RENDERBUFFER, buffer);
        gl.renderbufferStorage(gl.RENDERBUFFER, kind, width, height);
        gl.framebufferRenderbuffer(gl.FRAMEBUFFER, place, gl.RENDERBUFFER, buffer);
      }
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.viewport(0, 0, width, height);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(x, y, 1, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    this.cover(this.pick, view);
    const found = new Uint8Array(4);
    gl.readPixels(x, y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, found);
    gl.disable(gl.SCISSOR_TEST);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    const id = found[0] + 256 * found[1] + 65536 * found[2];
    return found[3] === 0 || id === 0 ? null : {side: found[3] - 1, corner: id - 1};
  }
}
